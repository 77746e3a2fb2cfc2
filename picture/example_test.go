package picture_test

import (
	"fmt"

	"scalecam/picture"
)

// A photograph stored on its side (EXIF orientation 6) is read upright and
// brought to the size that a network wants.
func Example() {
	p, err := picture.Open("../testdata/picture/exif-6.png")
	if err != nil {
		fmt.Println(err)
		return
	}
	small := picture.Resize(p.Image, 12, 8, picture.Bicubic)
	fmt.Println(p.Format, p.Image.Rect.Size(), small.Rect.Size())
	fmt.Println("left:", small.RGBAAt(0, 0), "right:", small.RGBAAt(11, 0))

	_, err = picture.Open("../testdata/picture/make.py")
	fmt.Println(err)
	// Output:
	// PNG (24,16) (12,8)
	// left: {230 20 30 255} right: {35 45 225 255}
	// picture: ../testdata/picture/make.py: this is text, not a picture; give a PNG, JPEG, GIF, WebP, HEIC, AVIF, BMP, TIFF or PNM picture
}
