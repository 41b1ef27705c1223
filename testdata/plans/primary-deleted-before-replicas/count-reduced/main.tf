provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "primaries" {
  type    = number
  default = 1
}

resource "aws_kms_key" "app" {
  count = var.primaries

  description         = "orders ${count.index}"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-81eac597b9e8e3d515744447ac82ce5e"
}
