⍝ zilde -l examples/jobs/shop/apl examples/jobs/shop/main.apl tea 4 cocoa 2
⍝ What stands behind the name of this file: names of products and numbers of pieces in turn.
words←(⊃⍸∨/¨'main.apl'∘⍷¨⎕ARG)↓⎕ARG
order←{(⊃⍵)(⍎⊃⌽⍵)}¨↓((≢words)÷2)2⍴words
⎕←total order
