"""What the inference processes serve: asked, compared, waited for."""
