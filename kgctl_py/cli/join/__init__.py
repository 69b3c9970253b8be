"""Commands by which a machine joins the mesh."""
