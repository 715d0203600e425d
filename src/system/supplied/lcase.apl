lcase←{¯1 ⎕C ⍵}
