"""Check of files and directories, by one process or several."""
