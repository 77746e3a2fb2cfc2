package desk

// Inside is what the user asks for of a map that is taken apart.
type Inside struct {
	Network int    // its place
	Keep    int    // how many channels
	Least   bool   // those that add least come first
	Second  string // class beside the one explained; "" for none
}

// StartInside is what the window begins with.
var StartInside = Inside{Keep: 10}
