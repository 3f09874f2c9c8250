"""Photos from strangers: files of a form on their way in, written anew as pixels alone."""
