"""The picture of a mesh: cards in places that Graphviz only draws."""
