import Foundation
import Testing
import Video

@Suite("Operations on pixels against Pillow")
struct PillowFixtureTests {
    /// `pixel_ops.json`: one small picture under every operation of the references.
    private struct Operations: Decodable {
        struct Operation: Decodable {
            struct Arguments: Decodable {
                var bits: Int?, threshold: Int?, add: Int?, factor: Double?, degrees: Double?, fraction: Double?
                var value: Double?, radius: Double?, width: Int?, height: Int?, resample: String?
            }
            let op: String
            let args: Arguments
            let output: [UInt8]
        }
        let width: Int, height: Int
        let image: [UInt8], fill: [UInt8], ops: [Operation]
        let tolerance: Int
    }

    @Test("every recorded operation", arguments: FixtureFiles.files { $0.lastPathComponent == "pixel_ops.json" })
    func recorded(_ file: URL) throws {
        let recorded = try FixtureFiles.decode(Operations.self, from: file)
        let frame = Frame(width: recorded.width, height: recorded.height, pixels: recorded.image)
        let fill = SIMD3(recorded.fill[0], recorded.fill[1], recorded.fill[2])
        for item in recorded.ops {
            var style = WarpStyle(kernel: .bicubic, fill: fill)
            if let name = item.args.resample { style.kernel = try #require(WarpStyle.Kernel(rawValue: name)) }
            let result: Frame
            if item.op == "ResizePIL" {
                let filter = try #require(ResizeFilter(rawValue: item.args.resample ?? ""))
                result = frame.resized(
                    to: PixelSize(width: try #require(item.args.width), height: try #require(item.args.height)),
                    filter: filter)
            } else {
                result = frame.applying(try operation(item), style)
            }
            let worst = zip(result.pixels, item.output).map { abs(Int($0) - Int($1)) }.max()
            #expect(worst == 0, "\(item.op) \(item.args)")
            #expect(result.pixels.count == item.output.count)
        }
    }

    private func operation(_ item: Operations.Operation) throws -> PixelOperation {
        let (args, number) = (item.args, item.args.factor ?? item.args.value ?? item.args.fraction ?? 0)
        switch item.op {
        case "AutoContrast": return .autoContrast
        case "Equalize": return .equalize
        case "Invert": return .invert
        case "Posterize": return .posterize(bits: try #require(args.bits))
        case "Solarize": return .solarize(threshold: try #require(args.threshold))
        case "SolarizeDefault": return .solarize(threshold: 128)
        case "SolarizeAdd": return .solarizeAdd(try #require(args.add))
        case "Color", "jitter_saturation": return .color(number)
        case "Contrast", "jitter_contrast": return .contrast(number)
        case "Brightness", "jitter_brightness": return .brightness(number)
        case "Sharpness": return .sharpness(number)
        case "Rotate": return .rotate(try #require(args.degrees))
        case "ShearX": return .shearX(number)
        case "ShearY": return .shearY(number)
        case "TranslateXRel": return .translateX(number)
        case "TranslateYRel": return .translateY(number)
        case "jitter_hue", "jitter_hue_neg": return .hue(number)
        case "Grayscale": return .greyscale
        case "GaussianBlurPIL": return .blur(deviation: try #require(args.radius))
        default:
            Issue.record("no such operation: \(item.op)")
            return .invert
        }
    }

    /// `pillow_ops.json`: what ildoonet's operations and the changes of colour do, nearest pixel and black.
    private struct More: Decodable {
        struct Operation: Decodable {
            let op: String
            let argument: Double
            let ends: [Double]?
            let output: Data
        }
        let width: Int, height: Int
        let image: Data
        let ops: [Operation]
    }

    @Test(
        "nearest pixels, squares, blur and hue",
        arguments: FixtureFiles.files { $0.lastPathComponent == "pillow_ops.json" })
    func more(_ file: URL) throws {
        let recorded = try FixtureFiles.decode(More.self, from: file)
        let frame = Frame(width: recorded.width, height: recorded.height, pixels: [UInt8](recorded.image))
        #expect(recorded.ops.count >= 30)
        for item in recorded.ops {
            let result = frame.applying(try operation(item, in: frame.size), .ildoonet)
            let wrong = zip(result.pixels, item.output).count { $0 != $1 }
            #expect(wrong == 0 && result.pixels.count == item.output.count, "\(item.op) \(item.argument)")
        }
    }

    private func operation(_ item: More.Operation, in size: PixelSize) throws -> PixelOperation {
        let number = item.argument
        switch item.op {
        case "rotate": return .rotate(number)
        case "shearX": return .shearX(number)
        case "shearY": return .shearY(number)
        case "translateX": return .translateX(number / Double(size.width))
        case "translateY": return .translateY(number / Double(size.height))
        case "addAndSolarize": return .addAndSolarize(number)
        case "solarize": return .solarize(threshold: Int(number.rounded(.up)))
        case "blur": return .blur(deviation: number)
        case "hue": return .hue(number)
        case "color": return .color(number)
        case "greyscale": return .greyscale
        case "cutOut":
            let ends = try #require(item.ends).map { Int($0) }
            return .cutOut(
                PixelBox(left: ends[0], top: ends[1], width: ends[2] - ends[0] + 1, height: ends[3] - ends[1] + 1))
        default:
            Issue.record("no such operation: \(item.op)")
            return .invert
        }
    }
}
