"""What a class's grades become: gradebook, pages, tables."""
