import Testing
import Video

@Test("a frame keeps its bytes")
func frame() {
    #expect(Frame(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]).pixels.count == 6)
}
