"""GCompris' explore activities as samples of a photo, a sound and texts: an example of a reader for a container."""
