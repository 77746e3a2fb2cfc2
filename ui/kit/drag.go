package kit

// drags counts what has been dragged, of a slider or in a picture. There is one pointer,
// and it belongs to the UI goroutine.
var drags struct {
	count int
	on    bool
}

func beginDrag() {
	if !drags.on {
		drags.count, drags.on = drags.count+1, true
	}
}

func endDrag() { drags.on = false }

// Drag tells the drag that is under way from those before; 0 for none.
func Drag() int {
	if !drags.on {
		return 0
	}
	return drags.count
}
