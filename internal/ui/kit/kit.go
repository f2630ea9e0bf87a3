// Package kit holds the parts that every screen is made of: the theme, the one
// table of actions and their keys, exact-width text, the windowed list, inputs,
// choosers and boxes.
//
// It knows no domain package, owns no state beyond the values it hands out, and
// does no I/O. Every function that draws returns lines of exactly the width it
// was given; that is what keeps the layout whole at any size.
package kit
