wcost←{
    graph costs←,¨¨↓⍺
    2>≢⍵:⍬
    2{(⊃costs[⍺])[(⊃graph[⍺])⍳⍵]}/⍵
}
