provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}

variable "material" {
  type      = string
  sensitive = true
}

resource "aws_kms_external_key" "expires" {
  key_material_base64 = var.material
  valid_to            = "2030-01-01T00:00:00Z"
}

resource "aws_kms_external_key" "stays" {
  key_material_base64 = var.material
  multi_region        = true
}

resource "aws_kms_replica_external_key" "expires" {
  provider            = aws.frankfurt
  primary_key_arn     = aws_kms_external_key.stays.arn
  key_material_base64 = var.material
  valid_to            = "2030-01-01T00:00:00Z"
}

resource "aws_kms_replica_external_key" "stays" {
  provider            = aws.paris
  primary_key_arn     = aws_kms_external_key.stays.arn
  key_material_base64 = var.material
}
