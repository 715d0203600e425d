limit←{⍺⍺⍣≡⍵}
