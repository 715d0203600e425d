⍝ What went wrong, from the log of a web server: each request that failed, and how often, the most frequent first.
⍝ zilde examples/jobs/errors.apl examples/jobs/access.log
lines←⊃⎕NGET(⊃⌽⎕ARG)1
⍝ A request is "METHOD PATH" and a number behind it. Lines without one are left out.
requests←'"([^"]+)" (\d+)'⎕S'\2 \1'⊢lines
status←{⍎3↑⍵}¨requests
failed←(400≤status)/requests
counts←{⍺,≢⍵}⌸failed
⎕←(⍕≢lines),' lines, ',(⍕≢failed),' errors'
:For request count :In ↓counts[⍒counts[;2];]
    ⎕←(¯4↑⍕count),'  ',request
:EndFor
