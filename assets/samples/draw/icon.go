package main

import "image"

func icon() image.Image { return image.NewRGBA(image.Rect(0, 0, 512, 512)) }
