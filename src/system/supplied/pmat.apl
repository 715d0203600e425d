pmat←{
    ⍵=0:1 0⍴0
    rest←∇ ⍵-1
    ⊃⍪/{⍵,rest+rest≥⍵}¨⍳⍵
}
