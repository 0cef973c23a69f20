# make demo: installs what is missing, builds, and recognises sample clips with the bundled model.
# make test: installs what is missing, builds, and runs all tests.
# make benchmark: time and peak memory of full-size models on this machine.
# make benchmark-loader: clips a second; PYTHON=path compares with the readers of Benchmarks/peers/requirements.txt.
# make benchmark-realtime: towers, windows, streams; PYTHON=path puts PyTorch, ONNX Runtime and OpenVINO beside them.
# make benchmark-soak: a stream for an hour of media, and more streams than there is time for; fails if memory grows.
# make benchmark-training: training steps of all methods; PYTHON=path puts the same steps in PyTorch beside them.
.PHONY: demo test benchmark benchmark-loader benchmark-training benchmark-realtime benchmark-soak setup build lint format clean

# A toolchain that the set-up script fetched is used when there is no other.
export PATH := $(PATH):$(CURDIR)/.deps/swift/usr/bin

demo: build
	@scripts/demo.sh

test: setup
	swift build --build-tests
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && TMPDIR=$$folder swift test --skip-build

benchmark: setup
	cd Benchmarks && swift run -c release verb-benchmarks models

benchmark-loader: setup
	cd Benchmarks && swift run -c release verb-benchmarks loader $(if $(PYTHON),--python $(abspath $(PYTHON)))

benchmark-training: setup
	cd Benchmarks && swift run -c release verb-benchmarks training $(if $(PYTHON),--python $(abspath $(PYTHON)))

benchmark-realtime: setup
	cd Benchmarks && swift run -c release verb-benchmarks realtime $(if $(PYTHON),--python $(abspath $(PYTHON)))

benchmark-soak: setup
	cd Benchmarks && swift run -c release verb-benchmarks soak

setup:
	@scripts/setup.sh

build: setup
	swift build -c release --product verb

lint:
	@scripts/lint.sh

format:
	swift format --in-place --parallel --recursive Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

clean:
	rm -rf .build Benchmarks/.build
