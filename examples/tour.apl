⍝ A tour of the language. `zilde test examples/tour.apl` checks every answer; `zilde examples/tour.apl` shows them.

⍝ A function takes everything to its right as its right argument, and the array to its left, if there is one, as its left
⍝ argument. There is no other precedence.
3×4+5            ⍝→ 27
÷4               ⍝→ 0.25
1 2 3+10         ⍝→ 11 12 13

⍝ Arrays have a shape. X⍴Y reshapes Y, ⍳Y is the first Y integers.
⍴2 3⍴⍳6          ⍝→ 2 3
2 3⍴⍳6
⍝→ 1 2 3
⍝→ 4 5 6

⍝ Operators make new functions from functions: sums, running sums, tables.
+/⍳10            ⍝→ 55
+\1 2 3 4        ⍝→ 1 3 6 10
(⍳3)∘.×⍳4
⍝→ 1 2 3  4
⍝→ 2 4 6  8
⍝→ 3 6 9 12

⍝ ⍋x is the indices that sort x. x⍳y is the position of y in x. ∪x is x without duplicates.
x←3 1 4 1 5 9 2 6
x[⍋x]            ⍝→ 1 1 2 3 4 5 6 9
x⍳4 7            ⍝→ 3 9
∪x               ⍝→ 3 1 4 5 9 2 6

⍝ Text is an array of characters.
⌽'stressed'      ⍝→ desserts
'banana'∊'an'    ⍝→ 0 1 1 1 1 1
+/'a'='banana'   ⍝→ 3

⍝ Your own functions are written in braces: ⍺ and ⍵ are the arguments, ∇ is the function itself.
mean←{(+/⍵)÷≢⍵}
mean 2 4 9       ⍝→ 5
fact←{⍵≤1:1 ⋄ ⍵×∇⍵-1}
fact 10          ⍝→ 3628800

⍝ Functions can be written without naming the arguments: the mean is the sum divided by the number of items.
(+/÷≢)2 4 9      ⍝→ 5

⍝ The operator ⍤ (rank) applies a function to the cells of an argument: ⍤1 to its rows, ⍤0 to its items.
+/⍤1⊢2 3⍴⍳6      ⍝→ 6 15
(⍳3)+⍤0 1⊢10 20
⍝→ 11 21
⍝→ 12 22
⍝→ 13 23

⍝ The items of an array may be arrays.
≢¨'one' 'three' 'five'    ⍝→ 3 5 4
⊃'first' 'second'         ⍝→ first

⍝ ⍣¯1 applies the inverse of a function.
2⊥⍣¯1⊢10         ⍝→ 1 0 1 0
(1.8∘×⍣¯1)212-32 ⍝→ 100
