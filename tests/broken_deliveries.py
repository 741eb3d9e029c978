MADE={}
HEAVY=set()
