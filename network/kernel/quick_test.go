package kernel
import ("testing";"math/rand/v2";"fmt";"math")
func rnd(n int) []float32 { r:=rand.New(rand.NewPCG(1,uint64(n))); s:=make([]float32,n); for i:=range s {s[i]=float32(r.NormFloat64())}; return s}
func TestQuickProduct(t *testing.T) {
 for _, set := range InstructionSets() { UseInstructionSet(set)
 for _, m := range []int{1,2,5,6,7,13,49} { for _, k := range []int{1,3,4,7,32} { for _, n := range []int{1,4,7,8,9,16,17,24,40,100} {
  a,w,b,add := rnd(m*k),rnd(n*k),rnd(n),rnd(m*n)
  p := PackLinear(w,n,k,b)
  dst := make([]float32,m*n)
  p.Product(dst,a,m,SiLU,add)
  for i:=range m { for j:=range n { s:=float64(b[j]+add[i*n+j]); for q:=range k {s+=float64(a[i*k+q])*float64(w[j*k+q])}
   want := s/(1+math.Exp(-s))
   if d:=math.Abs(float64(dst[i*n+j])-want); d>1e-5 {t.Fatal(set,m,k,n,i,j,dst[i*n+j],want)} } }
 }}}}
}
func BenchmarkProd(b *testing.B) {
 for _, s := range [][3]int{{12544,16,96},{12544,32,16},{3136,96,24},{3136,24,144},{784,40,240},{784,240,40},{196,480,80},{196,80,480},{196,672,112},{49,1152,192},{49,192,1152},{49,320,1280}} {
  for _, act := range []Activation{Identity,SiLU} {
  b.Run(fmt.Sprint(s,act), func(b *testing.B){ m,k,n:=s[0],s[1],s[2]; a,w:=rnd(m*k),rnd(k*n); p:=PackLinear(w,n,k,nil); dst:=make([]float32,m*n)
   for b.Loop() { p.Product(dst,a,m,act,nil)}
   b.ReportMetric(2*float64(m*k*n)/float64(b.Elapsed().Nanoseconds())*float64(b.N),"GFLOP/s")
  })}
 }
}
func BenchmarkPeak(b *testing.B) { n:=uintptr(0); for b.Loop() { n=100000; r:=n; current.peak(&r) }; b.ReportMetric(100000*12*2*float64(current.lanes)/float64(b.Elapsed().Nanoseconds())*float64(b.N),"GFLOP/s") }
