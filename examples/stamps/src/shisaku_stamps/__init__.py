"""Tux Paint's stamps and GCompris' pictures as samples: an example of a reader that lives outside shisaku."""
