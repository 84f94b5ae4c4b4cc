"""The models that come with shisaku, in the roles that they can play. Each is named for what it is."""
