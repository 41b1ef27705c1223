provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "source" {
  input = "kms.amazonaws.com"
}

module "trail" {
  source = "./trail"

  for_each = {
    cheap   = [["kms.amazonaws.com", "rdsdata.amazonaws.com"]]
    full    = [[]]
    none    = []
    unknown = [[terraform_data.source.output]]
  }

  name     = each.key
  excluded = each.value
}
