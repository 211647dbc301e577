note = "unused"
