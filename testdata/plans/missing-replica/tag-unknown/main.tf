provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "tier" {
  input = "enabled"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = terraform_data.tier.output
  }
}
