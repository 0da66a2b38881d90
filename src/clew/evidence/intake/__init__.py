"""What a file is and whether it is whole, told by its content: nothing is run, nothing unpacked to the disk."""
