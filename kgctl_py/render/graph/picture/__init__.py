"""The picture of a mesh: kgctl places the cards, and Graphviz draws them."""
