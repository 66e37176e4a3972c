IMAGE = "scratch"
