ucase←{1 ⎕C ⍵}
