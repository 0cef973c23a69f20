import ActionModels
import Testing
import Torch

@testable import Recognition

@Suite("The memory of a scan")
struct RingTests {
    @Test("the newest features stay in order and never exceed the capacity", arguments: [1, 2, 5])
    func features(_ capacity: Int) async {
        await TorchThread.run {
            var window = StreamWindow(capacity: capacity)
            window.repeatLast()
            #expect(window.count == 0)
            var expected: [Int] = []
            for number in 0..<20 {
                if number % 3 == 2 {
                    window.repeatLast()
                    expected.append(expected[expected.count - 1])
                } else {
                    window.append(FrameState([Tensor(Float(number))]))
                    expected.append(number)
                }
                #expect(window.count <= capacity)
                #expect(window.places.map { $0.state.tensors[0].item(Int.self) } == Array(expected.suffix(capacity)))
            }
        }
    }

    @Test("frames that no window will see are dropped, the picture of a repetition is not")
    func pending() {
        var pending = PendingFrames(capacity: 3)
        let pictures = (0..<3).map { PreparedFrame.fresh(TestModel.picture($0, side: 8)) }
        for frame in [pictures[0], .repetition, .repetition, .repetition, .repetition] { pending.append(frame) }
        #expect(pending.count == 3)
        #expect(pending.take() == [pictures[0], .repetition, .repetition])
        for frame in [.repetition, pictures[1], pictures[2], .repetition] { pending.append(frame) }
        #expect(pending.take() == [pictures[1], pictures[2], .repetition])
        #expect(pending.take().isEmpty)
    }
}
