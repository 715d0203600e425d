⍝ What each customer still owes: the orders, the payments, and a fee for those who are late.
customers←'Ann' 'Bob' 'Cyd'
orders←3 2⍴1 120 2 80 3 200      ⍝ customer, amount
payments←3 2⍴1 100 2 80 3 150
late←1 0 1                       ⍝ who pays the fee
fee←10

of←{+/⍵[;2]/⍨⍺=⍵[;1]}            ⍝ the sum of the amounts of customer ⍺

owed←{
  ordered←⍵ of orders
  paid←⍵ of payments
  charge←fee×late[⍵]
  ordered-paid+charge
}

⍝ The days since each order, for a reminder: quick enough for three customers.
∇ r←reminders days;i
  r←⍬
  :For i :In ⍳≢days
      :If 30<days[i]
          r←r,⊂customers[1+3|i],': ',⍕owed 1+3|i
      :EndIf
  :EndFor
∇

open←owed¨⍳3
⎕←(≢customers),open
