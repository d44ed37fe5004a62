"""Cases in JavaScript, one a line in the .js files, with Node's answers in recorded.json.

`python -m tests.js.scripts.record [NAME]` asks Node 26 again. A case that ends with `// name only`
compares the class of what is thrown, not the message.
"""
