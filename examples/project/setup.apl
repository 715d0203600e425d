⍝ Runs before each test file.
⎕IO←0
