"""How a chart looks: its words, its shapes, the SVG templates, the font, and the program that paints them."""
