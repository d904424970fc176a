"""7z archives: the listing, and the folders that members are packed in."""
