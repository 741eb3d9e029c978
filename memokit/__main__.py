from memokit.cli import main

main()
