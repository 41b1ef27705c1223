provider "aws" {
  region = "eu-west-1"
}

module "signing" {
  source   = "./signing"
  for_each = toset(["releases", "images"])

  rotation = each.key == "releases"
}
