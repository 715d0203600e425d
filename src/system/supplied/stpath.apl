stpath←{
    tree←⍺
    ¯2=tree[⍵]:⍬
    {¯1=tree[⊃⍵]:⍵ ⋄ ∇ tree[⊃⍵],⍵},⍵
}
