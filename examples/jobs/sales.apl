⍝ Turnover of each region: reads one CSV file and writes another.
⍝ zilde examples/jobs/sales.apl examples/jobs/sales.csv turnover.csv
from to←¯2↑⎕ARG
⍝ Each column has numbers if all its fields are numbers (4); the first line has the names (1).
table names←⎕CSV from ⍬ 4 1
column←{table[;names⍳⊂⍵]}
turnover←(column'pieces')×column'price'
regions←column'region'
sums←regions{⍺,+/⍵}⌸turnover
sums←sums[⍒sums[;2];]
(('region' 'turnover')⍪sums)(⎕CSV⍠'IfExists' 'Replace')to
⎕←(⍕≢table),' sales in ',(⍕≢sums),' regions, turnover ',⍕+/turnover
