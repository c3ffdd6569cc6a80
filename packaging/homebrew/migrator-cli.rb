class MigratorCli < Formula
  desc "Moves projects between instances of automation and BI servers"
  homepage "@HOMEPAGE@"
  url "@REPOSITORY@/releases/download/v@VERSION@/migrator-cli-@VERSION@.tgz"
  sha256 "@NPM_SHA256@"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/migrator --version")
    system bin/"migrator", "init", "--yes"
    assert_path_exists testpath/".migratorrc.yaml"
  end
end
