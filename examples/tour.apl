⍝ A tour of the language. `zilde test examples/tour.apl` checks every answer; `zilde examples/tour.apl` shows them.

⍝ Functions take what is on their right, and perhaps what is on their left. There is no other precedence.
3×4+5            ⍝→ 27
÷4               ⍝→ 0.25
1 2 3+10         ⍝→ 11 12 13

⍝ Arrays have a shape. Reshape makes them, iota counts.
⍴2 3⍴⍳6          ⍝→ 2 3
2 3⍴⍳6
⍝→ 1 2 3
⍝→ 4 5 6

⍝ Operators make functions of functions: sums, running sums, tables.
+/⍳10            ⍝→ 55
+\1 2 3 4        ⍝→ 1 3 6 10
(⍳3)∘.×⍳4
⍝→ 1 2 3  4
⍝→ 2 4 6  8
⍝→ 3 6 9 12

⍝ Sorting is indexing by the grade; searching gives positions.
x←3 1 4 1 5 9 2 6
x[⍋x]            ⍝→ 1 1 2 3 4 5 6 9
x⍳4 7            ⍝→ 3 9
∪x               ⍝→ 3 1 4 5 9 2 6

⍝ Text is an array of characters.
⌽'stressed'      ⍝→ desserts
'banana'∊'an'    ⍝→ 0 1 1 1 1 1
+/'a'='banana'   ⍝→ 3

⍝ Your own functions stand in braces: ⍺ and ⍵ are the arguments, ∇ is the function itself.
mean←{(+/⍵)÷≢⍵}
mean 2 4 9       ⍝→ 5
fact←{⍵≤1:1 ⋄ ⍵×∇⍵-1}
fact 10          ⍝→ 3628800

⍝ Or write them without naming arguments: the mean is the sum divided by the tally.
(+/÷≢)2 4 9      ⍝→ 5

⍝ Rank says how much of an argument a function sees at a time.
+/⍤1⊢2 3⍴⍳6      ⍝→ 6 15
(⍳3)+⍤0 1⊢10 20
⍝→ 11 21
⍝→ 12 22
⍝→ 13 23

⍝ Items of an array may be arrays.
≢¨'one' 'three' 'five'    ⍝→ 3 5 4
⊃'first' 'second'         ⍝→ first

⍝ Inverses come by themselves.
2⊥⍣¯1⊢10         ⍝→ 1 0 1 0
(1.8∘×⍣¯1)212-32 ⍝→ 100
