squeeze←{(~'  '⍷⍵)/⍵}
