"""Bills of materials: what a report knows of a model, for any format of them."""
