import ArgumentParser
import Foundation
import Video

/// Time of what is done to one picture.
struct TransformsBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transforms", abstract: "Microseconds a frame of resizing and of operations on pixels, one thread."
    )

    @Option(help: "How often each is done; the median counts.")
    var repeats = 15

    func run() {
        print("\(Machine.name); microseconds a frame, one thread, median of \(repeats)\n")
        print("| what | 320x240 | 1280x720 |\n| --- | ---: | ---: |")
        let pictures = [(320, 240), (1280, 720)].map { MovingPicture(width: $0.0, height: $0.1).frame(7) }
        for (name, work) in Self.work {
            let times = pictures.map { picture in
                let measured = measure(warmup: 2, steps: repeats) { work(picture) }
                return String(format: "%.0f", measured.median * 1e6)
            }
            print("| \(name) | \(times.joined(separator: " | ")) |")
        }
    }

    private static let one = SIMD3<Float>(repeating: 1)

    private static var work: [(String, (Frame) -> Void)] {
        let square = PixelSize(width: 224, height: 224)
        let resizes: [(String, (Frame) -> Void)] = PlainKernel.allCases.map { kernel in
            (
                "short side 224, centre crop, torch \(kernel.rawValue), normalised",
                { frame in
                    let size = ShortSideRule.integerFloor.size(of: frame.size, short: 224)
                    let whole = PixelBox(left: 0, top: 0, width: frame.width, height: frame.height)
                    let box = CentreRule.floor.box(side: 224, in: size)
                    let plan = PlainResize(whole, to: size, box: box, kernel: kernel)
                    _ = plan.planes(frame, scale: one, shift: one)
                }
            )
        }
        let pillow: [(String, (Frame) -> Void)] = ResizeFilter.allCases.map { filter in
            (
                "short side 224, centre crop, Pillow \(filter.rawValue), bytes",
                { _ = $0.centreSquare(224, filter: filter) }
            )
        }
        let operations: [(String, (Frame) -> Void)] = RandAugment.Kind.allCases.map { kind in
            (
                "RandAugment \(kind.name(.plain)), whole picture",
                { _ = $0.applying(kind.operation(magnitude: 7)) }
            )
        }
        let jitter = ColorJitter()
        let colours: [(String, (Frame) -> Void)] = [
            (
                "colour jitter after a crop to 224",
                { frame in
                    var draws = SeededDraws(seed: 1)
                    _ = frame.cropped(to: PixelBox(left: 0, top: 0, width: square.width, height: square.height))
                        .applying(jitter.operations(draws: &draws))
                }
            ),
            ("mirror", { _ = $0.mirrored() }),
        ]
        return resizes + pillow + operations + colours
    }
}
